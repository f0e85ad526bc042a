import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { suggest } from '../core/nearest.js';
import { CaptureError } from '../core/errors.js';
import { packedConfig, ConfigFolders } from '../config/config-folders.js';
import { toValue, type ConfigValue } from '../config/node.js';
import { readYaml } from '../config/yaml/read.js';
import { ioError } from '../io/io-error.js';
import { readPolicy, type Policy } from '../prune/policy.js';
import { policySchema, type CheckedSettings, type PolicySettings } from '../prune/policy-schema.js';

const GROUP = 'prune';

/**
 * A retention policy: what a file says, and what flags say over it.
 * @param name of a policy in conf/prune, or a YAML file
 * @throws CaptureError that names the flag, or the file and the key
 */
export function policyOf(
  name: string | undefined,
  flags: PolicySettings,
): { settings: CheckedSettings; policy: Policy } {
  const file = name === undefined ? null : fileOf(name);
  const stated = file === null ? {} : fromFile(file);
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const settings = policySchema.parse({ ...stated, ...given });
  try {
    return { settings, policy: readPolicy(settings) };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const { kind, message, hint, cause } = error;
    // a value is called by its flag, which is not where the user has written it
    const where = message.replace(/^--([a-z-]+)/, (flag, called: string) => {
      const key = called.replaceAll('-', '_');
      return key in stated && !(key in given) ? `${file}: ${key}` : flag;
    });
    // of the whole, where nothing but the file makes it up
    const isFile = where === message && Object.keys(given).length === 0 && file !== null;
    throw new CaptureError(kind, isFile ? `${file}: ${message}` : where, { hint, cause });
  }
}

function fileOf(name: string): string {
  if (isAbsolute(name) || name.includes('/') || name.endsWith('.yaml')) return name;
  const known = new ConfigFolders([packedConfig()]).options(GROUP);
  if (known.includes(name)) return join(packedConfig(), GROUP, `${name}.yaml`);
  throw new CaptureError('usage', `unknown policy '${name}'`, {
    hint: `${suggest(name, known)}; or give a file: ./${name}.yaml`,
  });
}

/** @throws CaptureError `config` that names the file and the key */
function fromFile(file: string): CheckedSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw ioError(`cannot read ${file}`, error);
    throw new CaptureError('config', `there is no policy ${file}`, {
      hint: 'name one of conf/prune, nightly say, or a YAML file with its path',
    });
  }
  const parsed = policySchema.safeParse(plain(toValue(readYaml(text, file))));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw new CaptureError('config', `${file}: unknown key '${key}'`, {
      hint: suggest(key, Object.keys(policySchema.shape)),
    });
  }
  const where = [file, issue.path.join('.')].filter((part) => part !== '').join(': ');
  throw new CaptureError('config', `${where}: ${issue.message}`, {
    hint: 'keys and values are those of the flags of prune: keep_last: 10',
  });
}

/** Integers of YAML as numbers. */
function plain(value: ConfigValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  return value;
}
