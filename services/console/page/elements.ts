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

/** Draws a part of the page anew only where what it shows has changed: focus and selection stay. */
export class Part<Shown> {
  private shown = "";
  private readonly whatOf: (from: Shown) => unknown;
  private readonly draw: (from: Shown) => void;

  /** `whatOf`: what of it is shown. */
  constructor(whatOf: (from: Shown) => unknown, draw: (from: Shown) => void) {
    this.whatOf = whatOf;
    this.draw = draw;
  }

  show(from: Shown): void {
    const text = JSON.stringify(this.whatOf(from));
    if (text === this.shown) return;
    this.shown = text;
    this.draw(from);
  }
}

/**
 * Changes a part of the page under the hands of who works by keyboard: what had the focus has it again, be it moved or drawn anew (then known
 * by its `data-key`).
 */
export function keepingFocus(within: Element, change: () => void): void {
  const { activeElement } = document;
  const held = activeElement instanceof HTMLElement && within.contains(activeElement) ? activeElement : undefined;
  change();
  if (held === undefined || held === document.activeElement) return;
  const key = held.dataset["key"];
  const heir = key === undefined ? null : within.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  (held.isConnected ? held : heir)?.focus({ preventScroll: true });
}
