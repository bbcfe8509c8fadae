import { abuseSuite } from './abuse';
import { WALLS } from './testing';

WALLS.forEach(abuseSuite);
