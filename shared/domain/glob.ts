// A pattern as an operator writes it -> does a text match?

/** `*` stands for any characters, `?` for one; case does not matter. Linear in glob x text, whatever the glob. */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob.toLowerCase();
  const subject = text.toLowerCase();
  let at = 0;
  let next = 0;
  let star = -1;
  let starAt = 0;
  while (at < subject.length) {
    if (next < pattern.length && pattern[next] === "*") {
      star = next;
      starAt = at;
      next += 1;
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === subject[at])) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      next = star + 1;
      starAt += 1;
      at = starAt;
    } else return false;
  }
  while (pattern[next] === "*") next += 1;
  return next === pattern.length;
}
