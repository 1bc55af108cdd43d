import type { Check } from '../check.ts'
import { adminRights } from './admin-rights.ts'
import { capacity } from './capacity.ts'
import { clock } from './clock.ts'
import { companies } from './companies.ts'
import { configuration } from './configuration.ts'
import { contextKeys } from './context-keys.ts'
import { control } from './control.ts'
import { definers } from './definers.ts'
import { disk } from './disk.ts'
import { drift } from './drift.ts'
import { exposure } from './exposure.ts'
import { extensions } from './extensions.ts'
import { grants } from './grants.ts'
import { hardening } from './hardening.ts'
import { isolation } from './isolation.ts'
import { keptProof } from './kept-proof.ts'
import { keys } from './keys.ts'
import { knownFlaws } from './known-flaws.ts'
import { loginRights } from './login-rights.ts'
import { migrations } from './migrations.ts'
import { places } from './places.ts'
import { replication } from './replication.ts'
import { roleSettings } from './role-settings.ts'
import { runs } from './runs.ts'
import { secrets } from './secrets.ts'
import { server } from './server.ts'
import { settings } from './settings.ts'
import { canLogIn } from './shared-login.ts'
import { sharedRole } from './shared-role.ts'
import { storeDrift } from './store-drift.ts'
import { storeIsolation } from './store-isolation.ts'
import { storeSettings } from './store-settings.ts'
import { stores } from './stores.ts'
import { timeSeries } from './time-series.ts'

/** In the order they run: what others rest on comes before them, and what is mended before what needs it. */
export const checks: readonly Check[] = [
  configuration,
  secrets,
  server,
  knownFlaws,
  clock,
  disk,
  replication,
  adminRights,
  control,
  sharedRole,
  canLogIn,
  contextKeys,
  keptProof,
  hardening,
  roleSettings,
  loginRights,
  grants,
  exposure,
  definers,
  keys,
  extensions,
  settings,
  capacity,
  companies,
  migrations,
  runs,
  timeSeries,
  drift,
  isolation,
  stores,
  storeSettings,
  places,
  storeDrift,
  storeIsolation,
]

/** Those of `dbsvc doctor --isolation`: every way by which a company could get at another one, and the attempts. */
export const isolationChecks: readonly Check[] = [
  secrets,
  knownFlaws,
  sharedRole,
  contextKeys,
  keptProof,
  hardening,
  roleSettings,
  loginRights,
  grants,
  exposure,
  definers,
  keys,
  extensions,
  settings,
  isolation,
  storeSettings,
  storeIsolation,
]
