// "udp://127.0.0.1:5514", "tcp://[::1]:5514" -> transport, host and port.

export interface SyslogAddress {
  readonly transport: "udp" | "tcp";
  /** Name or address, IPv6 without brackets. The loopback where none is written. */
  readonly host: string;
  readonly port: number;
}

const PORT_MOST = 65_535;
const LOOPBACK = "127.0.0.1";
const SHAPE =
  /^(?<transport>udp|tcp):\/\/(?:\[(?<address>[\da-f:.]+(?:%\w+)?)\]|(?<name>[\w.-]*)):(?<port>\d{1,5})\/?$/i;

/** Undefined when the text is no such address. Port 0 is one that is free. */
export function parseSyslogAddress(text: string): SyslogAddress | undefined {
  const { transport = "", address, name = "", port } = SHAPE.exec(text)?.groups ?? {};
  if (port === undefined || Number(port) > PORT_MOST) return undefined;
  const host = address ?? name;
  return {
    transport: transport.toLowerCase() === "tcp" ? "tcp" : "udp",
    host: host === "" ? LOOPBACK : host,
    port: Number(port),
  };
}

/** The address as it is written. */
export function syslogAddressText({ transport, host, port }: SyslogAddress): string {
  return `${transport}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
