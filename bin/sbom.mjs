/** `npm run sbom [-- FILE]`: everything that the project is made of, as a CycloneDX list; in `sbom.json` unless FILE says where. */
import { lockFileBom, writeBom } from "../containers/images/sbom.mjs";
import { cudaWheels, tensorflowWheel } from "../containers/images/wheels.mjs";
import { ENGINE_VARIANTS } from "../lib/setup/engine-variants.mjs";

const [file = "sbom.json"] = process.argv.slice(2);
const { components, ...bom } = lockFileBom(".");
const wheels = [...Object.values(ENGINE_VARIANTS).map(tensorflowWheel), ...cudaWheels()];
writeBom(file, { ...bom, components: [...components, ...wheels] });
