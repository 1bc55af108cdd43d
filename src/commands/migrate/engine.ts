import { Option } from 'commander'
import { engineNames } from '../../core/engine.ts'

/** `--engine postgres|…`, the same wherever it stands. */
export const engineOption = (text: string): Option => new Option('--engine <engine>', text).choices(engineNames)
