// XML 1.0, productions 2, 40, 42 and 66 to 68, as far as vitrine's own documents go: no comments, no CDATA, no DTD.
const reference = '&(?:amp|lt|gt|quot|apos|#\\d+|#x[\\da-f]+);';
const attribute = `\\s+[\\w:.-]+="(?:[^"<&]|${reference})*"`;
const token = new RegExp(`<(/?)([\\w:.-]+)((?:${attribute})*)\\s*(/?)>|(?:[^<&]|${reference})+`, 'uy');
const character = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/**
 * What is wrong with an XML document, or nothing.
 *
 * @returns the names of its elements in their order.
 * @throws Error where it is not well-formed.
 */
export function elementsOfXml(document: string): readonly string[] {
  if (!character.test(document)) throw new Error('it holds what is no character of XML');
  const text = document.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const open: string[] = [];
  const names: string[] = [];
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) throw new Error(`no XML at ${at}: ${text.slice(at, at + 40)}`);
    const [, closing, name, attributes = '', empty] = found;
    if (name === undefined) continue;
    if (closing) {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> at ${at} ends <${last}>`);
      continue;
    }
    const keys = Array.from(attributes.matchAll(/([\w:.-]+)="/g), ([, key]) => key);
    if (new Set(keys).size < keys.length) throw new Error(`an attribute twice at ${at}`);
    names.push(name);
    if (!empty) open.push(name);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> does not end`);
  return names;
}
