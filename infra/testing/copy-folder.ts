import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** With the owners and modes of all that is in it, which Node's own copy does not keep. @param to must not exist; its parent must */
export const copyFolder = async (from: string, to: string): Promise<void> =>
  void (await promisify(execFile)('cp', ['-a', from, to]))
