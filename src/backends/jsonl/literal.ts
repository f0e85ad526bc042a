/** Fixed text compared with bytes four at a time. Shorter text than four bytes never matches. */
export class Literal {
  readonly length: number;
  private readonly words: Int32Array;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    const count = this.length < 4 ? 0 : Math.ceil(this.length / 4);
    // The last word overlaps the one before it, so that it never reaches beyond the text.
    this.words = Int32Array.from({ length: count }, (_, i) =>
      bytes.readInt32LE(Math.min(4 * i, this.length - 4)),
    );
  }

  isAt(bytes: Uint8Array, view: DataView, at: number): boolean {
    const { words } = this;
    const last = words.length - 1;
    if (last < 0 || at + this.length > bytes.length) return false;
    for (let i = 0; i < last; i++) {
      if (view.getInt32(at + 4 * i, true) !== words[i]) return false;
    }
    return view.getInt32(at + this.length - 4, true) === words[last];
  }
}
