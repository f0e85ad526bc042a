import type { Scalar } from '../node.js';

/** What `${…}` holds, parsed. */
export type Interpolation = Reference | Call;

/** `${a.b}`, `${..c}`, `${a[0]}`: the pieces of a key as written, dots and brackets among them. */
export interface Reference {
  readonly kind: 'reference';
  readonly pieces: readonly (string | Interpolation)[];
}

/** `${oc.env:HOME,x}` */
export interface Call {
  readonly kind: 'call';
  readonly name: readonly (string | Interpolation)[];
  readonly args: readonly Element[];
}

/** Text with interpolations in it; a single interpolation alone keeps the type of its value. */
export type Text = readonly (string | Interpolation)[];

export type Element =
  | { readonly kind: 'scalar'; readonly value: Scalar }
  | {
      readonly kind: 'text';
      readonly text: Text;
      /** Written in quotes: always a string. */ readonly quoted: boolean;
    }
  | { readonly kind: 'list'; readonly items: readonly Element[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Scalar, Element])[] };

/** Something that is not a valid interpolation, with the place in the text. */
export class InterpolationSyntaxError extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}
