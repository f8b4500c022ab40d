// The open mails in the order in which they were opened, looked at one after the other, again and again.

import type { OpenMail } from "./open-mail.ts";

export class Rounds {
  private mails: OpenMail[] = [];
  private next = 0;

  push(mail: OpenMail): void {
    this.mails.push(mail);
  }

  /** The next that is still in the table; undefined when there is none. */
  look(): OpenMail | undefined {
    for (let ends = 0; ends < 2;) {
      const mail = this.mails[this.next];
      this.next += 1;
      if (mail === undefined) {
        this.begin();
        ends += 1;
      } else if (!mail.forgotten) return mail;
    }
    return undefined;
  }

  /** Number of the mail that `look` begins to look from. */
  get nextId(): number {
    return this.mails[this.next]?.id ?? Number.MAX_SAFE_INTEGER;
  }

  /** Begins with the first mail of that number or a later one. */
  goOnFrom(id: number): void {
    const at = this.mails.findIndex((mail) => mail.id >= id);
    this.next = at < 0 ? this.mails.length : at;
  }

  *[Symbol.iterator](): Iterator<OpenMail> {
    for (const mail of this.mails) if (!mail.forgotten) yield mail;
  }

  private begin(): void {
    this.mails = this.mails.filter(({ forgotten }) => !forgotten);
    this.next = 0;
  }
}
