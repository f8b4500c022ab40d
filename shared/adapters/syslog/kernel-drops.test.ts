import { describe, expect, test } from "vitest";
import { kernelDrops } from "./kernel-drops.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  812: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24210 2 0000000000000000 17
  813: 0500A8C0:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24211 2 0000000000000000 4
  814: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 24212 2 0000000000000000 9
`;

describe("the kernel's table of UDP sockets", () => {
  test.each<[string, number, string, number | undefined]>([
    ["an address", 5514, "127.0.0.1", 17],
    ["another address with the same port", 5514, "192.168.0.5", 4],
    ["a name, which may be any", 5514, "localhost", 21],
    ["an address that is not there", 5514, "127.0.0.2", undefined],
    ["a port that is not there", 5515, "127.0.0.1", undefined],
  ])("%s", (_name, port, host, drops) => {
    expect(kernelDrops(port, host, () => TABLE)).toBe(drops);
  });

  test("that is none says nothing", () => {
    for (const table of ["", TABLE.replaceAll(" 17\n", " many\n"), undefined])
      expect(kernelDrops(5514, "127.0.0.1", () => table)).toBeUndefined();
  });
});
