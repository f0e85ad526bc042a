/** Rounds to the nearest integer, halves to the even one, as numpy and Python do; never to −0. */
export function roundHalfEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest + 0;
}
