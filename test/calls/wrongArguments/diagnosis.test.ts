import { testWrongArguments } from '../../support/publicCalls/wrongArguments.ts';

testWrongArguments('diagnosis');
