import { createRegistry } from '../../core/registry.js';
import type { FieldVariant } from './field.js';
import { moviePlume } from './movie.js';
import { staticPlume } from './static.js';

export const fields = createRegistry<FieldVariant>('env.plume', { static: staticPlume, movie: moviePlume });
