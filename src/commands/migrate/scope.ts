import { Option } from 'commander'
import { projectScopes } from '../../core/migration/scope.ts'

/** `--scope shared|tenant`, the same wherever it stands. */
export const scopeOption = (text: string): Option => new Option('-s, --scope <scope>', text).choices(projectScopes)
