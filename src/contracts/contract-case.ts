/** One promise of a port: `run` rejects, or throws an AssertionError, when it is not kept. For any test runner. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}
