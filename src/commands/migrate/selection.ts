import type { Command } from 'commander'
import type { Selection } from '../../core/migration/selection.ts'
import { collect } from '../parse.ts'

export interface SelectionOptions {
  readonly tenant?: readonly string[]
  readonly exclude?: readonly string[]
  readonly wave?: readonly string[]
}

/** `--tenant`, `--exclude` and `--wave`, the same wherever they stand. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option('--tenant <company>', 'only this company; repeatable', collect)
    .option('--exclude <company>', 'not this company; repeatable', collect)
    .option('--wave <name>', 'only the companies of this wave; repeatable', collect)
}

export function selectionOf({ tenant, exclude, wave }: SelectionOptions): Selection {
  return {
    ...(tenant === undefined ? {} : { tenants: tenant }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(wave === undefined ? {} : { waves: wave }),
  }
}
