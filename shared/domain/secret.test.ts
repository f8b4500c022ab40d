import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret, secretUrl } from "./secret.ts";

test("however it is printed, it does not show", () => {
  const secret = new Secret("hunter2");
  const printed = [
    String(secret),
    ["", secret].join(""),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
    format("%s %o %j", secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
  ];
  for (const text of printed) expect(text).not.toContain("hunter2");
  expect(printed[2]).toBe('{"secret":"***"}');
  expect(secret.reveal()).toBe("hunter2");
});

test.each([
  ["https://hooks.example.org/services/T0/B0/x?y=z", "https://hooks.example.org/***"],
  ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/"],
  ["http://127.0.0.1:8080/?token=x", "http://127.0.0.1:8080/***"],
  ["https://user:pass@[::1]/a", "https://[::1]/***"],
])("of %s one sees %s", (url, shown) => {
  expect(String(secretUrl(new URL(url)))).toBe(shown);
});
