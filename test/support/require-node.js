// First step of `npm start`, `npm test` and .ci/run: in a checkout everything runs on the Node that `npm ci` installs.
// Plain JavaScript, so that an old Node can still say what is wrong.

const major = Number(process.versions.node.split(".")[0]);

if (!(major >= 24)) {
  process.stderr.write(
    `squall's checkout runs on Node 24 or later, but this is Node ${process.versions.node}. ` +
      "`npm ci` installs Node 24 as a development dependency; if its install script was blocked, run `npm rebuild node`.\n",
  );
  process.exitCode = 1;
}
