import { sandboxContract } from './contract';
import { localSandboxFor } from './testing';

sandboxContract('local, wrapped', () => localSandboxFor('wrapped'));
sandboxContract('local, plain', () => localSandboxFor('plain'));
