export * from './story.ts'
