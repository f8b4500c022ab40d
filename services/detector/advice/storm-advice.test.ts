import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { realPart } from "../../../test/support/real-part.ts";
import type { Advice } from "../../../shared/domain/storm-alert.ts";
import type { AdviceRequest } from "./advice-request.ts";
import { stormAdvice } from "./storm-advice.ts";

const LIST = "all-staff@nhs.example";
const request: AdviceRequest = {
  list: LIST,
  queueIds: [
    { host: "mx2", queueId: "3tHqKz5Yz1z9Cy" },
    { host: "mx1", queueId: "4F1A2B3C4D" },
    { host: "mx1", queueId: "3tHqKz5Yz1z9Cx" },
    { host: "mx1", queueId: "4F1A2B3C4D" },
  ],
  messageIds: ["1@croydon.example", "2@leeds.example"],
};

const POSIX_SYSTEMS = new Set(["postfix", "exim", "mailman"]);

function commandsOf(advice: readonly Advice[], system: string): string[] {
  return advice.filter((one) => one.system === system && one.command !== "").map((one) => one.command);
}

function posixCommands(advice: readonly Advice[]): string[] {
  return advice.filter((one) => POSIX_SYSTEMS.has(one.system) && one.command !== "").map((one) => one.command);
}

describe("what is advised", () => {
  const advice = stormAdvice(request);

  test("every system is told how to stop the list, and every one with a queue how to clear it", () => {
    expect(advice.map((one) => one.system).join(" ")).toBe(
      "postfix postfix postfix postfix exim exim mailman mailman exchange exchange " +
        "microsoft365 microsoft365 microsoft365 microsoft365",
    );
  });

  test("Postfix: one pipe a host, hosts in order, every id once", () => {
    expect(commandsOf(advice, "postfix").slice(1, -1)).toEqual([
      "printf '%s\\n' 4F1A2B3C4D 3tHqKz5Yz1z9Cx | postsuper -h -",
      "printf '%s\\n' 3tHqKz5Yz1z9Cy | postsuper -h -",
    ]);
  });

  test("Postfix: short queue ids are soon another mail's, long ones never", () => {
    const holds = advice.filter(({ command }) => command.startsWith("printf '%s\\n' 3tH") || command.includes(" 4F1A"));
    expect(holds.map(({ isPerishable = false, text }) => [isPerishable, text.includes("used again")])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(advice.filter(({ isPerishable = false }) => isPerishable)).toHaveLength(1);
  });

  test("Exim, Mailman, Exchange, Microsoft 365", () => {
    expect(commandsOf(advice, "exim")).toEqual([
      `exim -bt '${LIST}'`,
      String.raw`exiqgrep -i -r '^all\-staff\@nhs\.example$' | xargs -r exim -Mf`,
    ]);
    expect(commandsOf(advice, "mailman")).toEqual([
      `printf '%s\\n' 'm.emergency = True' 'commit()' | mailman shell -l '${LIST}'`,
      "printf '%s\\n' 'emergency = 1' | config_list -i /dev/stdin 'all-staff'",
    ]);
    const reject =
      `Set-DistributionGroup -Identity '${LIST}' -RejectMessagesFromSendersOrMembers @{Add='${LIST}'} ` +
      "-BypassSecurityGroupManagerCheck";
    expect(commandsOf(advice, "exchange")).toEqual([
      reject,
      "$ids = '1@croydon.example','2@leeds.example'; " +
        "Get-TransportService | ForEach-Object { Get-Message -Server $_.Name -ResultSize Unlimited } | " +
        "Where-Object { $ids -contains ([string]$_.InternetMessageId).Trim('<>') } | " +
        "Remove-Message -WithNDR $false -Confirm:$false",
    ]);
    expect(commandsOf(advice, "microsoft365").slice(0, 2)).toEqual([
      `New-TransportRule -Name 'squall: closed ${LIST}' -AnyOfToCcHeader '${LIST}' ` +
        "-RejectMessageEnhancedStatusCode '5.7.1' " +
        "-RejectMessageReasonText 'This list is closed for the moment, please do not reply to all' -Priority 0",
      reject,
    ]);
  });

  test("Postfix: what came since is searched by the list, else by the message ids", () => {
    const search = (find: string): string =>
      `postqueue -p | awk '$2 ~ /^[0-9]+$/ { sub(/[*!#]$/, "", $1); print $1 }' | while read -r id; do ` +
      `${find} && echo "$id"; done | postsuper -h -`;
    const { list: _list, ...without } = request;
    expect(commandsOf(advice, "postfix").at(-1)).toBe(
      search(`postcat -qe "$id" 2>/dev/null | grep -qixF -e 'original_recipient: ${LIST}' -e 'recipient: ${LIST}'`),
    );
    expect(commandsOf(stormAdvice(without), "postfix").at(-1)).toBe(
      search(`postcat -qh "$id" 2>/dev/null | grep -qiF -e '<1@croydon.example>' -e '<2@leeds.example>'`),
    );
  });

  test("more than 100 queue ids: 100 are named, the rest is counted and found by the list", () => {
    const queueIds = Array.from({ length: 450 }, (_, index) => ({ host: "mx1", queueId: `4F1A2B${1000 + index}` }));
    const many = stormAdvice({ ...request, queueIds }).filter((one) => one.system === "postfix");
    expect(many).toHaveLength(3);
    expect(many[1]?.command.match(/4F1A2B/gu)).toHaveLength(100);
    expect(many[1]?.text).toContain("350 more are not named here");
    expect(many[2]?.command).toMatch(/^postqueue -p \| .* \| postsuper -h -$/u);
  });

  test("no queue id known: Postfix is searched by the list", () => {
    const commands = commandsOf(stormAdvice({ ...request, queueIds: [] }), "postfix");
    expect(commands).toHaveLength(2);
    expect(commands[1]).toContain("postqueue -p");
  });

  test("Exim's own queue ids come first and by host", () => {
    const queueIds = [
      { host: "mx1", queueId: "1rXyZa-0001Ab-2C" },
      { host: "mx1", queueId: "1rXyZa-00000001AbC-2C3D" },
    ];
    const exim = stormAdvice({ ...request, queueIds });
    expect(exim[0]?.system).toBe("exim");
    expect(commandsOf(exim, "exim")[2]).toBe("exim -Mf 1rXyZa-0001Ab-2C 1rXyZa-00000001AbC-2C3D");
  });

  test.each(["6a638d20-1e63-493a-80a2-08da9a4ff8da", "C6539E897AEDFA469FE34D029FB708D43495@hub1.corp.example.org"])(
    "Exchange comes first where its ids are seen: %s",
    (queueId) => {
      const systems = stormAdvice({ ...request, queueIds: [{ host: "ex01", queueId }] }).map((one) => one.system);
      expect(systems.slice(0, 3)).toEqual(["exchange", "exchange", "postfix"]);
      expect(systems.at(-1)).toBe("microsoft365");
    },
  );

  test("without a list only what the ids give is advised", () => {
    const { list: _list, ...without } = request;
    const systems = stormAdvice(without).map((one) => one.system);
    expect(systems).toEqual(["postfix", "postfix", "postfix", "exchange", "microsoft365", "microsoft365"]);
  });

  test("hosts are bounded", () => {
    const queueIds = Array.from({ length: 40 }, (_, index) => ({ host: `mx${index}`, queueId: "4F1A2B3C4D" }));
    const commands = commandsOf(stormAdvice({ ...request, queueIds }), "postfix");
    expect(commands.filter((command) => command.startsWith("printf '%s\\n' 4F1"))).toHaveLength(16);
    const many = stormAdvice({ ...request, queueIds });
    expect(many.find(({ command }) => command.startsWith("postqueue"))?.text).toContain("24 more servers");
  });
});

describe("what a log may hold", () => {
  test.each([
    "a\nrm -rf ~@x",
    "a\u0000@x",
    "a\u001B[2J@x",
    "a\u202E@x",
    "-rf@x",
    "nobody",
    "@x",
    "x@",
    `${"x".repeat(320)}@y`,
  ])("%j gets no command, and the text says so", (list) => {
    const advice = stormAdvice({ ...request, list });
    for (const one of advice) expect(one.command).not.toContain(list.slice(0, 6));
    const refused = advice.filter((one) => one.text.includes("characters that do not belong into a command"));
    expect(new Set(refused.map((one) => one.system)).size).toBe(5);
    for (const one of refused) expect(one.command).toBe("");
  });

  test("queue ids and message ids that are none are left out", () => {
    const queueIds = ["$(id)", "ALL", "a;b", "4F1A2B3C4D; id", "", "../../../x", "4F1A2B3C4D"].map((queueId) => ({
      host: "mx1\u001B[2J\n",
      queueId,
    }));
    const advice = stormAdvice({ ...request, queueIds, messageIds: ["ok@x", "bad\n@x", "", "it’s@x"] });
    const clear = advice.find((one) => one.system === "postfix" && one.command.includes("4F1"));
    expect(clear?.command).toBe("printf '%s\\n' 4F1A2B3C4D | postsuper -h -");
    expect(clear?.text).toContain("still queued on mx1[2J ,");
    const exchange = commandsOf(advice, "exchange")[1];
    expect(exchange).toContain("$ids = 'ok@x','it’’s@x'; ");
    expect(advice.find((one) => one.command === exchange)?.text).toContain("2 with characters that do not belong");
  });
});

describe("run by a real shell", () => {
  let room = "";
  beforeEach(() => {
    room = mkdtempSync(join(tmpdir(), "squall-advice-"));
    for (const name of ["bin", "home", "etc"]) mkdirSync(join(room, name));
    writeFileSync(join(room, "home", "canary"), "alive");
    for (const name of ["postconf", "postfix", "exim", "mailman", "config_list", "id"]) writeStub(name);
    writeStub(
      "postqueue",
      "printf '%s\\n' '-Queue ID-  --Size-- ----' '4F1A2B3C4E*     346 Mon Nov 14 08:30:00  a@b' ''",
    );
    writeStub("postcat", "echo 'original_recipient: all-staff@NHS.example'");
    writeStub("postsuper", "", "$(tr '\\n' ' ')");
    writeStub("exiqgrep", "echo 1rXyZa-0001Ab-2C");
  });
  afterEach(() => {
    rmSync(room, { recursive: true, force: true });
  });

  /** A program that notes its name and arguments on one line, and after them what `input` makes of standard input. */
  function writeStub(name: string, then = "", input = ""): void {
    const note = `line="\${0##*/}"; for word; do line="$line <$word>"; done; line="$line ${input}"`;
    const script = `#!/bin/sh\n${note}\nprintf '%s\\n' "\${line% }" >> '${room}/calls'\n${then}\n`;
    writeFileSync(join(room, "bin", name), script);
    chmodSync(join(room, "bin", name), 0o755);
  }

  /** Runs the commands with stubs in place of the mail systems; what the stubs were called with. */
  function run(commands: readonly string[]): string[] {
    const env = { PATH: `${room}/bin:/usr/bin:/bin`, HOME: `${room}/home` };
    for (const command of commands) {
      const inRoom = command.replaceAll("/etc/postfix", `${room}/etc`);
      execFileSync("bash", ["-n", "-c", inRoom], { env });
      execFileSync("bash", ["-c", inRoom], { env, cwd: `${room}/home`, stdio: ["ignore", "pipe", "pipe"] });
    }
    return readFileSync(join(room, "calls"), "utf8").split("\n");
  }

  test("each program gets the arguments that were meant", () => {
    const calls = run(posixCommands(stormAdvice(request)));
    expect(calls).toContain(`exim <-bt> <${LIST}>`);
    expect(calls).toContain(String.raw`exiqgrep <-i> <-r> <^all\-staff\@nhs\.example$>`);
    expect(calls).toContain("exim <-Mf> <1rXyZa-0001Ab-2C>");
    expect(calls).toContain(`mailman <shell> <-l> <${LIST}>`);
    expect(calls).toContain("config_list <-i> </dev/stdin> <all-staff>");
    expect(calls).toContain("postfix <reload>");
    expect(calls).toContain("postsuper <-h> <-> 4F1A2B3C4D 3tHqKz5Yz1z9Cx");
    expect(calls).toContain("postcat <-qe> <4F1A2B3C4E>");
    expect(calls).toContain("postsuper <-h> <-> 4F1A2B3C4E");
    expect(calls).toContain(
      `postconf <-e> <smtpd_recipient_restrictions = check_recipient_access texthash:${room}/etc/squall-stopped-lists, >`,
    );
    expect(readFileSync(join(room, "etc", "squall-stopped-lists"), "utf8")).toBe(
      `${LIST} REJECT This list is closed for the moment, please do not reply to all\n`,
    );
  });

  test("real Postfix takes the stop command, keeps the restrictions it had and refuses the list", (context) => {
    const postfix = realPart("postfix", context);
    rmSync(join(room, "bin", "postconf"));
    const restrictions = "permit_mynetworks,\n  reject_unlisted_recipient";
    writeFileSync(
      join(room, "etc", "main.cf"),
      `compatibility_level = 3.6\nsmtpd_recipient_restrictions =\n  ${restrictions}\n`,
    );
    const env = { PATH: `${room}/bin:${dirname(postfix)}:/usr/bin:/bin`, MAIL_CONFIG: `${room}/etc` };
    const stop = (commandsOf(stormAdvice(request), "postfix")[0] ?? "").replaceAll("/etc/postfix", `${room}/etc`);
    execFileSync("bash", ["-c", stop], { env });
    execFileSync("bash", ["-c", stop], { env });
    const ask = (program: string, ...words: string[]): string =>
      execFileSync(join(dirname(postfix), program), words, { env, encoding: "utf8" }).trim();
    const table = `texthash:${room}/etc/squall-stopped-lists`;
    expect(ask("postconf", "-h", "smtpd_recipient_restrictions")).toBe(
      `check_recipient_access ${table}, permit_mynetworks, reject_unlisted_recipient`,
    );
    expect(ask("postmap", "-q", LIST, table)).toMatch(/^REJECT This list is closed/u);
    expect(
      readFileSync(join(room, "etc", "squall-stopped-lists"), "utf8")
        .trimEnd()
        .split("\n"),
    ).toHaveLength(1);
  });

  test("pasting the stop command twice adds the line and the check once", () => {
    const stop = commandsOf(stormAdvice(request), "postfix").slice(0, 1);
    writeStub("postconf", `test "$1" = -h && echo 'check_recipient_access texthash:${room}/etc/squall-stopped-lists,'`);
    const calls = run([...stop, ...stop]);
    expect(
      readFileSync(join(room, "etc", "squall-stopped-lists"), "utf8")
        .trimEnd()
        .split("\n"),
    ).toHaveLength(1);
    expect(calls).toContain("postconf <-h> <smtpd_recipient_restrictions>");
    expect(calls.filter((call) => call.startsWith("postconf <-e>"))).toEqual([]);
    expect(calls).toContain("postfix <reload>");
  });

  test.each([
    ["an alias of it", "original_recipient: All-Staff@nhs.example\nrecipient: anna@nhs.example", true],
    ["itself", "recipient: all-staff@nhs.example", true],
    ["a list whose name ends like its own", "original_recipient: small-all-staff@nhs.example", false],
    ["a domain that begins like its own", "recipient: all-staff@nhs.example.org", false],
    ["nobody but its own sender", "sender: all-staff@nhs.example", false],
  ])("the search for the list and a mail to %s", (_name, envelope, found) => {
    writeStub("postcat", `printf '%s\\n' '${envelope.replaceAll("\n", "' '")}'`);
    const calls = run(commandsOf(stormAdvice({ ...request, queueIds: [] }), "postfix").slice(1));
    expect(calls).toContain("postcat <-qe> <4F1A2B3C4E>");
    expect(calls.find((call) => call.startsWith("postsuper"))?.trimEnd()).toBe(
      found ? "postsuper <-h> <-> 4F1A2B3C4E" : "postsuper <-h> <->",
    );
  });

  test("nothing that is pasted into Postfix deletes mail, and the text says how to", () => {
    const { list: _list, ...without } = request;
    const holding = [...stormAdvice(request), ...stormAdvice(without)].filter(({ command }) =>
      command.includes("postsuper"),
    );
    expect(holding).toHaveLength(6);
    for (const { text, command } of holding) {
      expect(command).toMatch(/ \| postsuper -h -$/u);
      expect(text).toContain("`postsuper -d - hold` at the end deletes it");
    }
  });

  test("nothing that is pasted into Exim deletes mail, and the text says how to", () => {
    const queueIds = [{ host: "mx1", queueId: "1rXyZa-0001Ab-2C" }];
    const freezing = stormAdvice({ ...request, queueIds }).filter(({ command }) => command.includes("exim -M"));
    expect(freezing).toHaveLength(2);
    for (const { text, command } of freezing) {
      expect(command).toMatch(/exim -Mf( 1rXyZa-0001Ab-2C)?$/u);
      expect(text).toMatch(/`-Mrm` .*deletes it/u);
    }
  });

  test.each([
    "a';rm -rf $HOME;'@x",
    "a`rm -rf $HOME`@x",
    "$(rm -rf $HOME)@x",
    'a";rm -rf $HOME;"@x',
    "a&&rm -rf $HOME@x",
    "a|id>canary@x",
    "a\\';id;@x",
    "!!;id@x",
    "*@x",
    "~@x",
    "a $IFS b@x",
    "#@x",
  ])("%j stays one argument", (list) => {
    writeStub("grep");
    const calls = run(posixCommands(stormAdvice({ ...request, list, queueIds: [] })));
    const address = list.toLowerCase();
    expect(calls).toContain(`exim <-bt> <${address}>`);
    expect(calls.find((call) => call.startsWith("grep "))).toBe(
      `grep <-qixF> <-e> <original_recipient: ${address}> <-e> <recipient: ${address}>`,
    );
    expect(calls.filter((call) => call.startsWith("id"))).toEqual([]);
    expect(readFileSync(join(room, "home", "canary"), "utf8")).toBe("alive");
    // An address that is not plain never reaches Postfix' table or a list's name.
    expect(existsSync(join(room, "etc", "squall-stopped-lists"))).toBe(false);
    expect(calls.filter((call) => call.startsWith("mailman"))).toEqual([]);
  });
});
