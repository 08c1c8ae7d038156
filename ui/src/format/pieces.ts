/** The words of a command, a path or an address, each in the pieces between which a line may end: behind its folders. */
export function piecesOf(text: string): string[][] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((word) => word.match(/\/*(?:[^/]|\/\/)+\/?|\/+/g) ?? [])
}
