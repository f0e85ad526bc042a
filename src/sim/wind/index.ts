import { constantWind } from './constant.js';
import type { Wind, WindConfig } from './wind.js';

/** The wind of a config, or null where there is none. */
export const createWind = (config: WindConfig): Wind | null => (config.enabled ? constantWind(config) : null);
