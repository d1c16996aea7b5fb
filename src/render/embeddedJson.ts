/**
 * A value as JSON within a `<script>`: no `<` is left, so that no text in it can end the script or begin a comment
 * (HTML standard, "Restrictions for contents of script elements").
 */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
