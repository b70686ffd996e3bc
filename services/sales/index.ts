export * from './playbook/index.ts'
