import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ROOT, squall } from "../../../test/e2e/squall-process.ts";

const folder = mkdtempSync(join(tmpdir(), "squall-commands-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const state = join(folder, "state");
mkdirSync(state, { mode: 0o700 });
const HOOK = "https://hooks.example.org/hunter2";
const env = { HOME: folder };

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

describe("check-config", () => {
  test("valid: what it comes to, and what might not be meant", async () => {
    const config = put(
      "valid.yaml",
      `inputs: [{file: /var/log/mail.log}, {syslog: {udp: "*:5514"}}]\nstate: ${state}\nwebhooks: [{name: oncall, url: ${HOOK}}]\nmetrics: {address: "*:9464"}\nconsole: {address: "*:9465", token: hunter2-hunter2-hunter2}\nlists: [{list: "a@example.org", exempt: true}]\n`,
    );
    const { code, out, err } = await squall(["check-config", config], { env });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        `${config}: valid`,
        "  reads      /var/log/mail.log, syslog udp 0.0.0.0:5514",
        `  state      ${state}`,
        "  tells      oncall (https://hooks.example.org/***)",
        "  heartbeat  none",
        "  metrics    0.0.0.0:9464",
        "  live page  0.0.0.0:9465, with a token",
        "  lists      1 rule",
        "",
      ].join("\n"),
    );
    expect(err.split("\n")).toEqual([
      "squall: warning: syslog on 0.0.0.0:5514 is open to other machines: whoever reaches it can make up mail",
      "squall: warning: metrics on 0.0.0.0:9464 can be read by other machines; they hold no addresses of people",
      "squall: warning: the live page on 0.0.0.0:9465 is without TLS: its token and the people it names go over the network in clear; best behind a proxy with TLS",
      "",
    ]);
  });

  test("nothing is named: what is read all the same", async () => {
    const { code, out, err } = await squall(["check-config"], { env });
    expect(code).toBe(0);
    const logs = "the first of /var/log/mail.log, /var/log/maillog, /var/log/mail that is there";
    expect(out).toContain(`  reads      a pipe, else ${logs}\n`);
    expect(err).toContain(
      `squall: warning: no inputs: squall standalone reads what its command line names, else a pipe, else ${logs}, and ends where there is none\n`,
    );
  });

  test("the example that is handed out", async () => {
    const { code, out, err } = await squall(["check-config", join(ROOT, "examples/squall.yaml")], { env });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain("  tells      oncall (https://oncall.example.org/***)\n");
  });

  test("wrong: every fault with its place, exit 78, and no secret", async () => {
    const config = put("wrong.yaml", "site: [x]\nwebhooks:\n  - {name: a, url: hunter2, bodi: text}\nstat: /x\n");
    const { code, out, err } = await squall(["check-config", config], {
      env: { ...env, SQUALL_HEARTBEAT_EVERY: "now" },
    });
    expect({ code, out }).toEqual({ code: 78, out: "" });
    expect(err.split("\n").map((line) => line.replace(`${folder}/`, ""))).toEqual([
      'squall: SQUALL_HEARTBEAT_EVERY: "now" is no duration: write 30s, 5m, 1h, 250ms or 2d',
      "squall: wrong.yaml:1:1: heartbeat: needs url or urlFile",
      "squall: wrong.yaml:1:7: site: expected string, received array",
      "squall: wrong.yaml:3:20: webhooks[0].url: is no URL that can be called: write http://… or https://…",
      'squall: wrong.yaml:3:29: unknown setting webhooks[0].bodi; did you mean "body"?',
      'squall: wrong.yaml:4:1: unknown setting stat; did you mean "state"?',
      "",
    ]);
  });

  test("a file that is not there; variables alone", async () => {
    const absent = await squall(["check-config", join(folder, "absent.yaml")], { env });
    expect([absent.code, absent.err]).toEqual([78, `squall: ${folder}/absent.yaml: no such file\n`]);
    const alone = await squall(["check-config"], { env: { ...env, SQUALL_WEBHOOK_URL: HOOK } });
    expect([alone.code, alone.out.split("\n")[0]]).toEqual([0, "environment: valid"]);
  });

  test("a secret that everybody may read", async () => {
    const secret = put("url", HOOK);
    chmodSync(secret, 0o644);
    const { err } = await squall(["check-config"], { env: { ...env, SQUALL_WEBHOOK_URL_FILE: secret } });
    expect(err).toContain(
      `squall: warning: ${secret} holds a secret and can be read by everybody: chmod o-r ${secret}\n`,
    );
  });
});

describe("for a service", () => {
  const example = join(ROOT, "examples/squall-services.yaml");
  const variables = {
    SQUALL_KAFKA_SASL_PASSWORD: "hunter2",
    SQUALL_INFLUX_TOKEN: "hunter2",
    SQUALL_PSEUDONYM_KEY: "hunter2-hunter2-hunter2-hunter2-hunter2",
    SQUALL_KAFKA_SECURITY_PROTOCOL: "SASL_PLAINTEXT",
  };
  const withoutTls = (): string => {
    const text = readFileSync(example, "utf8");
    return put("services.yaml", text.replace(/^ {2}ssl:\n(?: {4}.*\n)+/mu, ""));
  };

  test("check-config: what the file comes to for it", async () => {
    const { code, out, err } = await squall(["check-config", withoutTls(), "--for", "recorder"], {
      env: { ...env, ...variables },
    });
    expect([code, err]).toEqual([0, ""]);
    expect(out.replaceAll(folder, "DIR").split("\n")).toEqual([
      "DIR/services.yaml: valid for squall recorder",
      "  kafka      kafka1.example.org:9093, kafka2.example.org:9093, kafka3.example.org:9093 (SASL_PLAINTEXT, SCRAM-SHA-512 as squall)",
      "  reads      squall.thread-windows, squall.storm-alerts",
      "  keeps      squall.thread-windows.dead-letters, squall.storm-alerts.dead-letters",
      "  influx     https://influx.example.org:8086, bucket squall",
      "  metrics    127.0.0.1:9464",
      "",
    ]);
  });

  test("check-config and print-config of the live page", async () => {
    const token = put("console-token", "hunter2-hunter2-hunter2");
    const page = { SQUALL_CONSOLE_ADDRESS: "*:9465", SQUALL_CONSOLE_TOKEN_FILE: token };
    const given = { env: { ...env, ...variables, ...page } };
    const checked = await squall(["check-config", withoutTls(), "--for", "console"], given);
    expect([checked.code, checked.err]).toEqual([
      0,
      "squall: warning: the live page on 0.0.0.0:9465 is without TLS: its token and the people it names go over the network in clear; best behind a proxy with TLS\n",
    ]);
    expect(checked.out.replaceAll(folder, "DIR").split("\n")).toEqual([
      "DIR/services.yaml: valid for squall console",
      "  kafka      kafka1.example.org:9093, kafka2.example.org:9093, kafka3.example.org:9093 (SASL_PLAINTEXT, SCRAM-SHA-512 as squall)",
      "  reads      squall.thread-windows, squall.storm-alerts",
      "  live page  0.0.0.0:9465, with a token",
      "  metrics    127.0.0.1:9464",
      "",
    ]);
    const printed = await squall(
      ["print-config", "--config", withoutTls(), "--for", "console", "--console", "127.0.0.1:1"],
      given,
    );
    expect(printed.out).toMatch(/^ {2}address: 127\.0\.0\.1:1 +# --console$/mu);
    expect(printed.out).toMatch(/^ {2}tokenFile: \S+console-token +# SQUALL_CONSOLE_TOKEN_FILE$/mu);
    expect(checked.out + checked.err + printed.out).not.toContain("hunter2");
    const astray = await squall(["print-config", "--for", "ingest", "--console", "127.0.0.1:1"], given);
    expect([astray.code, astray.err]).toEqual([
      78,
      "squall: --console: is of squall standalone; squall ingest has no such option\n",
    ]);
  });

  test("check-config: what is missing for it, exit 78; standalone misses nothing", async () => {
    const forAssembler = await squall(["check-config", "--for", "assembler"], { env });
    expect([forAssembler.code, forAssembler.out]).toEqual([78, ""]);
    expect(forAssembler.err).toContain("kafka.brokers: is needed by squall assembler");
    expect(forAssembler.err).toContain("pseudonym.key: is needed by squall assembler");
    const { code } = await squall(["check-config"], { env });
    expect(code).toBe(0);
  });

  test("print-config: its settings, secrets masked, those in files unread", async () => {
    const { code, out } = await squall(["print-config", "--config", withoutTls(), "--for", "alerter"], {
      env: { ...env, ...variables },
    });
    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.replace(/ +# /u, " # "));
    expect(lines).toEqual(
      expect.arrayContaining([
        '    password: "***" # SQUALL_KAFKA_SASL_PASSWORD',
        '  token: "***" # SQUALL_INFLUX_TOKEN',
        '  key: "***" # SQUALL_PSEUDONYM_KEY',
        "  securityProtocol: SASL_PLAINTEXT # SQUALL_KAFKA_SECURITY_PROTOCOL",
        expect.stringMatching(/^ {4}urlFile: \/run\/secrets\/squall-webhook-url # .*services\.yaml:\d+:14$/u),
      ]),
    );
    expect(out).not.toContain("hunter2");
  });

  test("print-config: subjects are off where nobody says; options of standalone are refused", async () => {
    const brokers = { ...env, SQUALL_KAFKA_BROKERS: "kafka:9092" };
    const { out } = await squall(["print-config", "--for", "detector"], { env: brokers });
    expect(out).toMatch(/^subjects: false +# default of services$/mu);
    expect((await squall(["print-config"], { env })).out).toMatch(/^subjects: true +# default$/mu);
    const refused = await squall(["print-config", "--for", "ingest", "--state", "x", "mail.log"], { env: brokers });
    expect([refused.code, refused.err]).toEqual([
      78,
      "squall: --state: is of squall standalone; squall ingest has no such option\nsquall: command line: is of squall standalone; squall ingest has no such option\n",
    ]);
  });
});

describe("doctor for a service", () => {
  test("without a broker: each by itself, and nothing else of Kafka", async () => {
    const { code, out } = await squall(["doctor", "--for", "alerter", "--metrics", "off"], {
      env: { ...env, SQUALL_KAFKA_BROKERS: "127.0.0.1:1", SQUALL_WEBHOOK_URL: "http://127.0.0.1:1/hunter2" },
    });
    const lines = out.split("\n").filter((line) => /^[A-Z]/u.test(line));
    expect(lines.slice(1)).toEqual([
      "OK    configuration: valid",
      "FAIL  broker 127.0.0.1:1: no connection: the connection was refused: nothing listens there",
      "FAIL  kafka: no broker can be reached: topics and rights were not looked at",
      "FAIL  webhook webhook: http://127.0.0.1:1/***: no connection: the connection was refused: nothing listens there",
      expect.stringMatching(/^WARN {2}webhook webhook: posts are not signed/u),
      expect.stringMatching(/^WARN {2}heartbeat: none/u),
      "OK    metrics: off",
    ]);
    expect(code).toBe(1);
  });

  test("the recorder's InfluxDB is looked at, whatever became of Kafka", async () => {
    const { out } = await squall(["doctor", "--for", "recorder", "--metrics", "off"], {
      env: {
        ...env,
        SQUALL_KAFKA_BROKERS: "127.0.0.1:1",
        SQUALL_INFLUX_URL: "http://127.0.0.1:1",
        SQUALL_INFLUX_BUCKET: "squall/autogen",
        SQUALL_INFLUX_TOKEN: "squall:hunter2",
      },
    });
    expect(out).toMatch(/^FAIL {2}InfluxDB http:\/\/127\.0\.0\.1:1: no answer: .*ECONNREFUSED/mu);
    expect(out).not.toContain("hunter2");
  });

  test("of the live page: the broker and its two ports, no receivers", async () => {
    const given = { env: { ...env, SQUALL_KAFKA_BROKERS: "127.0.0.1:1", SQUALL_WEBHOOK_URL_FILE: "/root/absent" } };
    const args = ["doctor", "--for", "console", "--console", "127.0.0.1:0", "--metrics", "off"];
    const { code, out } = await squall(args, given);
    expect(
      out
        .split("\n")
        .filter((line) => /^[A-Z]/u.test(line))
        .slice(1),
    ).toEqual([
      "OK    configuration: valid",
      "FAIL  broker 127.0.0.1:1: no connection: the connection was refused: nothing listens there",
      "FAIL  kafka: no broker can be reached: topics and rights were not looked at",
      "OK    live page: 127.0.0.1:0 is free",
      "OK    metrics: off",
    ]);
    expect(code).toBe(1);
  });

  test("what it needs and has not, and what is not its own: exit 78", async () => {
    const bare = await squall(["doctor", "--for", "assembler"], { env });
    expect([bare.code, bare.out]).toEqual([78, ""]);
    expect(bare.err).toContain("pseudonym.key: is needed by squall assembler");
    const astray = await squall(["doctor", "--for", "ingest", "--state", "x"], { env });
    expect([astray.code, astray.err]).toEqual([
      78,
      "squall: --state: is of squall standalone; squall ingest has no such option\n",
    ]);
  });

  test("a metrics port that is taken may be the service's own", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { out } = await squall(["doctor", "--for", "ingest", "--metrics", `127.0.0.1:${port}`], {
      env: { ...env, SQUALL_KAFKA_BROKERS: "127.0.0.1:1" },
    });
    server.close();
    expect(out).toContain(
      `WARN  metrics: 127.0.0.1:${port} is in use, as it should be if it is squall ingest that has it\n`,
    );
  });
});

describe("print-config", () => {
  test("each value with its source, secrets masked; it could be given as a configuration", async () => {
    const config = join(ROOT, "test/testdata/config/everything-set.yaml");
    const variables = { SQUALL_HEARTBEAT_URL: HOOK, SQUALL_SITE: "env" };
    const args = ["print-config", "--config", config, "--site", "flag", "--state", state, "/var/log/mail.log"];
    const { code, out } = await squall(args, { env: { ...env, ...variables } });
    expect(code).toBe(0);
    const lines = out.split("\n").map((line) => line.replace(/ +# /u, " # ").replace(`${ROOT}/`, ""));
    expect(lines).toEqual(
      expect.arrayContaining([
        "site: flag # --site",
        "timezone: Europe/London # test/testdata/config/everything-set.yaml:3:11",
        "  expiredAfter: 2h # default",
        "  - file: /var/log/mail.log # command line",
        "    format: auto # default",
        "  url: https://hooks.example.org/*** # SQUALL_HEARTBEAT_URL",
        "  every: 1m # default",
        "    expectedRepliesUntil: 2026-12-24T18:00:00+01:00 # test/testdata/config/everything-set.yaml:31:27",
      ]),
    );
    expect(out).not.toContain("hunter2");
    const again = await squall(["check-config", put("printed.yaml", out.replace(/^heartbeat:\n.*\n.*\n/mu, ""))], {
      env,
    });
    expect([again.code, again.out.split("\n")[2]]).toEqual([0, `  state      ${state}`]);
  });

  test("what is wrong is not in force; secrets need not be readable", async () => {
    const wrong = await squall(["print-config", "--metrics", "x:y"], { env });
    expect([wrong.code, wrong.out]).toEqual([78, ""]);
    expect(wrong.err).toContain('squall: --metrics: "x:y" is no address');
    const { code, out } = await squall(["print-config"], { env: { ...env, SQUALL_WEBHOOK_URL_FILE: "/root/absent" } });
    expect(code).toBe(0);
    expect(out).toMatch(/urlFile: \/root\/absent +# SQUALL_WEBHOOK_URL_FILE/u);
  });
});

describe("doctor", () => {
  function freshLog(): string {
    const path = join(folder, "mail.log");
    copyFileSync(join(ROOT, "test/testdata/postfix/small-storm.log"), path);
    // As if it had been written at the time of its last stamp.
    const at = Date.UTC(2016, 10, 14, 9, 59, 54) / 1000;
    utimesSync(path, at, at);
    return path;
  }

  test("line by line, with a count at the end", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const hook = `http://127.0.0.1:${port}/hunter2`;
    const log = freshLog();
    const args = [
      "doctor",
      log,
      "--state",
      state,
      "--webhook",
      hook,
      "--heartbeat-url",
      hook,
      "--metrics",
      "127.0.0.1:0",
      "--console",
      "127.0.0.1:0",
    ];
    const { code, out } = await squall(args, { env: { ...env, PATH: "/bin", SQUALL_WEBHOOK_BODY: "text" } });
    server.close();
    expect(out.replaceAll(folder, "DIR").split("\n")).toEqual([
      expect.stringMatching(/^OK {4}node: v24\./u),
      "OK    configuration: valid",
      expect.stringMatching(/^OK {4}state DIR\/state: can be written to by /u),
      expect.stringMatching(/^OK {4}state DIR\/state: no other process holds it$/u),
      expect.stringMatching(/^(OK|WARN) +state DIR\/state: .* free$/u),
      expect.stringMatching(/^OK {4}input DIR\/mail\.log: can be read by /u),
      "OK    input DIR/mail.log: postfix: 100 % of the last 689 lines understood, 95 % tell of mail",
      expect.stringMatching(
        /^WARN {2}input DIR\/mail\.log: newest line .* agrees with the clock; nothing was written since/u,
      ),
      "        Is it the log that the mail server writes now?",
      "OK    input DIR/mail.log: header lines: 100 % of 63 mails have them",
      `OK    webhook webhook: http://127.0.0.1:${port}/***: connected to 127.0.0.1; nothing was sent`,
      `OK    heartbeat: http://127.0.0.1:${port}/***: connected to 127.0.0.1; nothing was sent`,
      "OK    metrics: 127.0.0.1:0 is free",
      "OK    live page: 127.0.0.1:0 is free",
      "",
      expect.stringMatching(/^12 ok, 1 warning, 0 failures$/u),
      "",
    ]);
    expect(code).toBe(0);
  });

  test("failures: exit 1, each with what to do", async () => {
    const ports = ["--metrics", "192.0.2.1:9464", "--console", "off"];
    const { code, out } = await squall(
      ["doctor", `${folder}/none.log`, "--state", "/proc/x", ...ports, "--on-alert", "nope"],
      { env },
    );
    expect(code).toBe(1);
    expect(out).toMatch(/^FAIL {2}state \/proc\/x: is not there, and cannot be made in \/proc by/mu);
    expect(out).toMatch(/^WARN {2}input \S+none\.log: /mu);
    expect(out).toMatch(/^FAIL {2}onAlert: nope is in no folder of PATH/mu);
    expect(out).toMatch(
      /^FAIL {2}metrics: cannot listen on 192\.0\.2\.1:9464: this machine has no such address\n {8}Else set another/mu,
    );
    expect(out).toMatch(/^WARN {2}heartbeat: none/mu);
    expect(out).toMatch(/, 3 failures\n$/u);
  });

  test("a wrong configuration is told as check-config tells it", async () => {
    const { code, err } = await squall(["doctor", "--config", put("bad.yaml", "stat: x\n")], { env });
    expect([code, err]).toEqual([78, `squall: ${folder}/bad.yaml:1:1: unknown setting stat; did you mean "state"?\n`]);
  });
});

test("the help of each names what it takes", async () => {
  const { out } = await squall(["doctor", "--help"], { env });
  for (const option of [
    "--config",
    "--state",
    "--syslog-udp",
    "--webhook",
    "--heartbeat-url",
    "--metrics",
    "--send-test",
  ]) {
    expect(out).toContain(option);
  }
});
