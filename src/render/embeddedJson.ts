/**
 * A value as JSON within a `<script>`: no `<` is left, so that no text in it can end the script or begin a comment
 * (HTML standard, "Restrictions for contents of script elements"), and no control character.
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<\p{Cc}\p{NChar}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => unitOf(character.charCodeAt(i))).join(''),
  );
}

function unitOf(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
