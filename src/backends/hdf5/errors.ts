/** What the HDF5 library could not do with a file. */
export class Hdf5Error extends Error {}

/** What is wrong with a column of a file as a whole. */
export class ColumnError extends Error {}
