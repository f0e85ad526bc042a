import { ConfigFolders, packedConfig } from '../../config/config-folders.js';
import { DEFAULT_CONFIG } from '../config-options.js';
import { formatAnswer, type Answer } from './answer.js';
import { flagValue, overridesOf, readLine, type Line } from './line.js';
import { completeConfigName, completeKeyName, completeOverride, type LineConfig } from './overrides.js';

/**
 * What the shell scripts print for `plume-nav-capture complete -- WORDS`. Never an error: the user is in the middle of
 * a line, and a message about a config tree would land in it. The command itself will say what is wrong.
 */
export async function complete(words: readonly string[]): Promise<string> {
  const line = readLine(words);
  try {
    return formatAnswer(await answer(line), line.word.replace(/^--[\w-]+=/, ''));
  } catch {
    return formatAnswer([], '');
  }
}

async function answer(line: Line): Promise<Answer> {
  const config = lineConfig(line);
  if (isOverride(line)) return completeOverride(line.word, config);
  const [{ buildProgram }, { completeCommand }] = await Promise.all([
    import('../program.js'),
    import('./commands.js'),
  ]);
  const program = buildProgram([], () => {});
  return completeCommand(program, line, (place, word) => completePlace(place, word, config));
}

/** Whether that can be told without the declarations of commands and flags, which take time to load. */
function isOverride({ before, word }: Line): boolean {
  const [first = ''] = before;
  const afterFlag = before.at(-1)?.startsWith('-') ?? false;
  return /^[^-].*[.=/]|^[+~]/s.test(word) && !afterFlag && (first === 'capture' || !/^[a-z]+$/.test(first));
}

async function completePlace(place: string, word: string, config: LineConfig): Promise<Answer> {
  switch (place) {
    case 'dir':
    case 'root':
    case 'results':
    case 'run_dir':
    case 'run_dirs':
      return 'folders';
    case 'file':
    case 'module':
      return 'files';
    case 'config':
      return completeConfigName(word, config);
    case 'key':
    case 'package':
      return completeKeyName(word, config);
    case 'overrides':
      return completeOverride(word, config);
    default:
      return [];
  }
}

function lineConfig(line: Line): LineConfig {
  const configPath = flagValue(line, '--config-path');
  const configDir = flagValue(line, '--config-dir');
  const configName = flagValue(line, '--config-name') ?? DEFAULT_CONFIG;
  const folders = [configPath ?? packedConfig(), ...(configDir === null ? [] : [configDir])];
  return {
    folders: new ConfigFolders(folders),
    configName,
    compose: async () => {
      const { compose } = await import('../../config/compose.js');
      try {
        return compose({ configPath, configDir, configName, overrides: overridesOf(line) }).tree;
      } catch {
        // a line that is not finished, or a tree with a mistake in it
        return null;
      }
    },
  };
}
