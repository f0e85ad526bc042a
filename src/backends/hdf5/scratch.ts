import { Hdf5Error } from './errors.js';
import type { Library } from './library.js';

/** A place in the library's heap through which data goes in and out. */
export class Scratch {
  private readonly library: Library;
  private pointer = 0;
  private size = 0;

  constructor(library: Library) {
    this.library = library;
  }

  /** Makes room; what was there is lost. @returns where, a multiple of 8 */
  reserve(bytes: number): number {
    if (bytes <= this.size) return this.pointer;
    this.free();
    this.pointer = this.library._malloc(bytes);
    if (this.pointer === 0) throw new Hdf5Error(`the HDF5 library has no room for ${bytes} bytes`);
    this.size = bytes;
    return this.pointer;
  }

  free(): void {
    if (this.pointer !== 0) this.library._free(this.pointer);
    this.pointer = 0;
    this.size = 0;
  }

  /** Views of the place, to be taken anew after every call. */
  bytes(count: number): Uint8Array {
    return new Uint8Array(this.library.HEAPU8.buffer, this.pointer, count);
  }
  words(count: number): Int32Array {
    return new Int32Array(this.library.HEAPU8.buffer, this.pointer, count);
  }
  floats(count: number): Float64Array {
    return new Float64Array(this.library.HEAPU8.buffer, this.pointer, count);
  }
}
