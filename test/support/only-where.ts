// For `test.each`: a test that a machine may be unable to run without anything being missing that could be installed (rights to mount, root).
// There it is no test at all, which is said; another test shows the same by other means.

/** One row where it can run, none where it cannot. */
export function onlyWhere(canRun: boolean, what: string): readonly string[] {
  if (!canRun) console.warn(`not tried on this machine: ${what}`);
  return canRun ? [what] : [];
}
