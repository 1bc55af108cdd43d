import { accessErrors } from './access.ts'
import { companyErrors } from './company.ts'
import { configErrors } from './config.ts'
import { contextErrors } from './context.ts'
import { coordinationErrors } from './coordination.ts'
import type { ErrorDefinition } from './define.ts'
import { engineErrors } from './engine.ts'
import { guardErrors } from './guard.ts'
import { localErrors } from './local.ts'
import { migrationErrors } from './migration.ts'
import { operationErrors } from './operation.ts'
import { routingErrors } from './routing.ts'
import { serverErrors } from './server.ts'
import { structureErrors } from './structure.ts'

/** Every error dbsvc reports, by code. docs/errors.md has a section for each; `npm run check` fails for one without. */
export const catalogue = {
  ...configErrors,
  ...engineErrors,
  ...companyErrors,
  ...migrationErrors,
  ...structureErrors,
  ...contextErrors,
  ...localErrors,
  ...serverErrors,
  ...accessErrors,
  ...guardErrors,
  ...routingErrors,
  ...operationErrors,
  ...coordinationErrors,
}

export type ErrorCode = keyof typeof catalogue

export type ErrorParams<Code extends ErrorCode> =
  (typeof catalogue)[Code] extends ErrorDefinition<infer Params> ? Params : never
