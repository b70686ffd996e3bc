/** As in the package.json of the root. */
export const version = '0.1.0'
