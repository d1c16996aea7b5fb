/** Says whether an experiment came out as it should. */
export function aim(print: (line: string) => void, text: string, isMet: boolean): void {
  print(`aim: ${text}: ${isMet ? 'met' : 'missed'}`);
}
