// Starts influxd 1.8 in a temporary folder on a free loopback port, with a database; it may be killed and started again with its data.

import { randomUUID } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { freePorts } from "./free-port.ts";
import { askInfluxql, startInfluxProcess, type InfluxProcess, type InfluxRow } from "./influx-process.ts";

const ADMIN = { name: "admin", password: "admin-secret" } as const;
const ADMIN_TOKEN = `${ADMIN.name}:${ADMIN.password}`;

export interface RealInfluxOptions {
  /** How many days the bucket keeps points. Default: for ever. */
  readonly retentionDays?: number;
  /** Whoever writes or asks must log in, as 2.x always has it; `token` is of one who may do all. */
  readonly auth?: boolean;
}

export interface RealInflux extends InfluxProcess {
  readonly url: string;
  /** 1.8 has none. */
  readonly org: string;
  /** As the v2 write path takes it; of 1.8 `database/policy`. */
  readonly bucket: string;
  /** Of one who may do all; of 1.8 `name:password`. */
  readonly token: string;
  /** Asks in InfluxQL; see askInfluxql. */
  readonly query: (influxql: string) => Promise<readonly InfluxRow[]>;
  /** Makes a bucket that keeps points for ever; InfluxQL finds it as "database"."autogen". Resolves with its name for the write path. */
  readonly addBucket: (database: string) => Promise<string>;
  /** Makes a token that may do this in one bucket and nothing else. */
  readonly addToken: (may: "read" | "write", bucket?: string) => Promise<InfluxToken>;
}

export interface InfluxToken {
  readonly token: string;
  /** From the start it is taken. */
  readonly setTaken: (isTaken: boolean) => Promise<void>;
}

/** `program`: influxd. */
export async function startRealInflux(program: string, options: RealInfluxOptions = {}): Promise<RealInflux> {
  const { retentionDays, auth = false } = options;
  const folder = mkdtempSync(join(tmpdir(), "squall-influx-"));
  const [port = 0, backupPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const query = (influxql: string): Promise<readonly InfluxRow[]> =>
    askInfluxql(influxql, { url, token: ADMIN_TOKEN, database: "squall" });
  const addBucket = async (database: string, duration = "INF"): Promise<string> => {
    await query(`CREATE DATABASE "${database}" WITH DURATION ${duration} NAME "autogen"`);
    return `${database}/autogen`;
  };
  const configFile = join(folder, "influxd.conf");
  writeFileSync(configFile, configuration({ folder, port, backupPort, auth }));
  const running = await startInfluxProcess({
    program,
    args: ["run", "-config", configFile],
    url,
    folder,
    async setUp() {
      // The first user of all may be made without a login.
      if (auth) await query(`CREATE USER ${ADMIN.name} WITH PASSWORD '${ADMIN.password}' WITH ALL PRIVILEGES`);
      await addBucket("squall", retentionDays === undefined ? "INF" : `${retentionDays}d`);
    },
  });
  return {
    ...running,
    url,
    org: "",
    bucket: "squall/autogen",
    token: ADMIN_TOKEN,
    query,
    addBucket: (database) => addBucket(database),
    async addToken(may, bucket = "squall/autogen") {
      const [name, password] = [`u${randomUUID()}`, randomUUID()];
      const setTaken = async (isTaken: boolean): Promise<void> => {
        if (!isTaken) return void (await query(`DROP USER "${name}"`));
        await query(`CREATE USER "${name}" WITH PASSWORD '${password}'`);
        await query(`GRANT ${may.toUpperCase()} ON "${bucket.split("/")[0] ?? ""}" TO "${name}"`);
      };
      await setTaken(true);
      return { token: `${name}:${password}`, setTaken };
    },
  };
}

interface Places {
  readonly folder: string;
  readonly port: number;
  readonly backupPort: number;
  readonly auth: boolean;
}

function configuration({ folder, port, backupPort, auth }: Places): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:${port}"
auth-enabled = ${auth}
log-enabled = false
`;
}
