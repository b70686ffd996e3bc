// A month's close on real engines: receipts of one rep under tiers, a refund after the close, and who may do what.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClosing } from '@headwater/application'
import { verify } from '@headwater/audit'
import { freshDatabase, type TestDatabase } from '@headwater/infra/testing'
import { CommissionPlanDefinition } from '@headwater/schema'
import type { Answer } from '@headwater/shell'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Headwater, openHeadwater } from './index.ts'

