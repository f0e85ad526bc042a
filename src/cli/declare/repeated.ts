/** Collects the values of a flag that may be given more than once. */
export const repeated = (value: string, all: readonly string[] = []): string[] => [...all, value];
