// Elements of the page. Text goes in as text nodes only: it may come from a mail.

type Child = Node | string;
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** An attribute that is false or undefined is left out. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** Draws a part of the page anew only where what it shows has changed: focus and selection stay elsewhere. */
export class Part<Shown> {
  private shown = "";
  private readonly draw: (what: Shown) => void;

  constructor(draw: (what: Shown) => void) {
    this.draw = draw;
  }

  show(what: Shown): void {
    const text = JSON.stringify(what);
    if (text === this.shown) return;
    this.shown = text;
    this.draw(what);
  }
}
