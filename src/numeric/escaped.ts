const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in HTML, SVG and XML, between tags or in an attribute. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** Text without what no XML can hold and nobody can read: control characters and halves of characters become `�`. */
export function printable(text: string): string {
  // XML 1.0, production 2: of the control characters below U+0020 tab and line ends alone are characters.
  return text.replace(/[^\P{Cc}\t\n\r]|\p{Cs}|\p{NChar}/gu, '\ufffd');
}
