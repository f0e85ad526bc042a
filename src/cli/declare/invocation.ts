/** What a command is told besides its own operands and flags. */
export interface Invocation {
  /** The whole command line, as it was given. */
  argv: readonly string[];
  exit: (code: number) => void;
}
