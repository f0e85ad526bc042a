import type { Command } from 'commander';
import { declareCapture } from './capture.js';
import { declareCompletion } from './completion.js';
import { declareConfig } from './config.js';
import { declareExport } from './export.js';
import { declareHistory } from './history.js';
import { declareIngest } from './ingest.js';
import { declareJudge } from './judge.js';
import { declareLs } from './ls.js';
import { declarePending } from './pending.js';
import { declarePin } from './pin.js';
import { declarePrune } from './prune.js';
import { declareRecover } from './recover.js';
import { declareReproduce } from './reproduce.js';
import { declareResume } from './resume.js';
import { declareShow } from './show.js';
import { declareStatus } from './status.js';
import { declareTag } from './tag.js';
import { declareUndelete } from './undelete.js';
import { declareValidate } from './validate.js';
import type { Invocation } from './invocation.js';

/** In the order of `--help`. A command's body is loaded when it runs. */
export const COMMANDS: readonly ((program: Command, invocation: Invocation) => void)[] = [
  declareCapture,
  declareValidate,
  declareReproduce,
  declareResume,
  declareRecover,
  declareExport,
  declareIngest,
  declarePrune,
  declareLs,
  declareShow,
  declareStatus,
  declarePending,
  declareJudge,
  declarePin,
  declareTag,
  declareUndelete,
  declareConfig,
  declareHistory,
  declareCompletion,
];
