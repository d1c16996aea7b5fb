export { alphaBeta, epsilon, flat, gamma, norm, pass, signal, wSquare, zBox, zero, zPlus } from '../rules.ts';
