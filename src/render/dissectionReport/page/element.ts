type Child = Node | string;

/** An element with attributes and children; strings become text, never markup. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Child[] = [],
): HTMLElement {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svgElement(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  children: readonly Child[] = [],
): SVGElement {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', name) as SVGElement, attributes, children);
}

function filled<E extends Element>(
  made: E,
  attributes: Readonly<Record<string, string>>,
  children: readonly Child[],
): E {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
