export { eventLoopTurn } from '../backend/eventLoopTurn.ts';
