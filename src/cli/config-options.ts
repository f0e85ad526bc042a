import type { ComposeRequest } from '../config/index.js';

/** What `--config-name` is when nobody says. */
export const DEFAULT_CONFIG = 'data_capture/config';

/** The flags that say which configuration is meant. */
export interface ConfigOptions {
  configName?: string;
  configPath?: string;
  configDir?: string;
}

/** @param overrides as typed, flags among them as the overrides they stand for */
export function composeRequest(
  { configName, configPath, configDir }: ConfigOptions,
  overrides: readonly string[],
): ComposeRequest {
  return {
    configName: configName ?? DEFAULT_CONFIG,
    configPath: configPath ?? null,
    configDir: configDir ?? null,
    overrides,
  };
}
