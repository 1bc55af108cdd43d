import { describeCrashes } from './support/stores/describe.ts'
import { dragonflyHarness } from './support/stores/dragonfly.ts'

describeCrashes(dragonflyHarness)
