import type { EngineLinter } from '../../store.ts'
import { lintClickhouse } from './lint.ts'
import { clickhouseRules } from './rules/index.ts'

export const clickhouseLinter: EngineLinter = {
  rules: clickhouseRules,
  lint: (folder, scope, chosen) =>
    lintClickhouse(
      folder,
      scope,
      clickhouseRules.filter(({ id }) => chosen.has(id)),
    ),
}
