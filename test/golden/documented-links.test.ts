// Every link of the pages to a file of this repository leads to one, and to a heading that is there.

import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../e2e/squall-process.ts";

const PAGES = globSync(["*.md", "docs/**/*.md", "deploy/**/*.md", "test/{bench,eval}/*.md"], { cwd: ROOT }).toSorted();

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** As forges make them of headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...read(page).matchAll(/^#+ (.+)$/gmu)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** What is wrong with a link; undefined: nothing. */
function faultOf(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#", 2);
  const target = path === "" ? page : normalize(join(dirname(page), path));
  // A tree without the chart has nothing that could be linked to.
  if (target.startsWith("deploy/helm/") && !existsSync(join(ROOT, "deploy/helm"))) return undefined;
  if (!existsSync(join(ROOT, target))) return `${page}: ${link} leads nowhere`;
  if (anchor === undefined || statSync(join(ROOT, target)).isDirectory() || !target.endsWith(".md")) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : `${page}: ${target} has no heading #${anchor}`;
}

test("links lead somewhere", () => {
  const links = PAGES.flatMap((page) =>
    [
      ...read(page)
        .replaceAll(/```[\s\S]*?```/gu, "")
        .matchAll(/\]\(([^)\s]+)\)/gu),
    ].map(([, link = ""]) => ({ page, link })),
  ).filter(({ link }) => !/^[a-z]+:/u.test(link));
  expect(links.length).toBeGreaterThan(100);
  expect(links.flatMap(({ page, link }) => faultOf(page, link) ?? [])).toEqual([]);
});

test("faults are found", () => {
  expect(faultOf("README.md", "docs/nowhere.md")).toBe("README.md: docs/nowhere.md leads nowhere");
  expect(faultOf("README.md", "docs/upgrade.md#nothing")).toBe("README.md: docs/upgrade.md has no heading #nothing");
  expect(faultOf("docs/upgrade.md", "../README.md#try-it")).toBeUndefined();
});
