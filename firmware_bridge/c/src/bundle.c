#include "bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ed25519.h"
#include "sha256.h"
#include "stored_zip.h"

enum { MANIFEST, FIRST_SIGNED, SIGNATURE = FIRST_SIGNED + FHI_SIGNED_MEMBERS, MEMBERS };
#define MAX_BUNDLE_BYTES (16u << 20)

static const char *const NAMES[MEMBERS] = {"manifest.json", "window.onnx",   "recording.onnx",
                                           "golden.npz",    "MODEL_CARD.md", "sbom.json",
                                           "signature"};
static const size_t MOST_BYTES[MEMBERS] = {1 << 18, 12 << 20, 4 << 20, 2 << 20,
                                           1 << 18, 1 << 20,  64};

static fh_status read_file(const char *path, uint8_t **bytes, size_t *count, fhi_error *error)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return fhi_fail(error, FH_E_BUNDLE_NOT_FOUND, "name a .fhb file", "cannot be read");
    size_t room = 1 << 20, got;
    *count = 0;
    *bytes = malloc(room);
    while (*bytes && (got = fread(*bytes + *count, 1, room - *count, file)) > 0) {
        *count += got;
        if (*count < room || room > MAX_BUNDLE_BYTES)
            continue;
        uint8_t *larger = realloc(*bytes, room *= 2);
        if (!larger)
            free(*bytes);
        *bytes = larger;
    }
    int bad = ferror(file);
    fclose(file);
    if (!*bytes)
        return fhi_fail(error, FH_NO_MEMORY, "", "memory ran out");
    if (bad)
        return fhi_fail(error, FH_E_BUNDLE_NOT_FOUND, "name a .fhb file", "cannot be read");
    return FH_OK;
}

static fh_status unpack(fhi_bytes file, fhi_bytes members[MEMBERS], fhi_error *error)
{
    if (file.count > MAX_BUNDLE_BYTES)
        return fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "larger than 16 MiB");
    if (!fhi_stored_zip(file, NAMES, members, MEMBERS))
        return fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "not a bundle");
    for (int i = 0; i < MEMBERS; i++)
        if (members[i].count > MOST_BYTES[i])
            return fhi_fail(error, FH_E_BUNDLE_FORMAT, "", "%s is too large", NAMES[i]);
    return FH_OK;
}

/* The manifest names its key before it can be believed; only a trusted key is looked up. */
static fh_status check_signature(const fhi_json *json, const fhi_bytes members[MEMBERS],
                                 const fh_options *options, fhi_error *error)
{
    const fhi_value *key_id = fhi_member(json, json->values, "signing_key_id");
    for (size_t i = 0; i < options->trusted_key_count; i++) {
        const uint8_t *key = options->trusted_keys[i];
        char id[2 * FHI_SHA256_BYTES + 1];
        fhi_sha256_hex(key, sizeof options->trusted_keys[i], id);
        id[16] = '\0';
        if (!fhi_is_text(key_id, id))
            continue;
        const fhi_bytes signature = members[SIGNATURE], manifest = members[MANIFEST];
        if (signature.count == 64 &&
            fhi_ed25519_verify(signature.data, manifest.data, manifest.count, key))
            return FH_OK;
        return fhi_fail(error, FH_E_BUNDLE_SIGNATURE, "get the file again",
                        "the signature does not fit the manifest");
    }
    return fhi_fail(error, FH_E_BUNDLE_UNTRUSTED, "give the signer's public key to fh_open",
                    "signed by a key that is not trusted here");
}

static fh_status check_hashes(const fhi_manifest *manifest, const fhi_bytes members[MEMBERS],
                              fhi_error *error)
{
    for (int i = 0; i < FHI_SIGNED_MEMBERS; i++) {
        const fhi_bytes member = members[FIRST_SIGNED + i];
        char found[2 * FHI_SHA256_BYTES + 1];
        fhi_sha256_hex(member.data, member.count, found);
        if (member.count != manifest->bytes[i] || strcmp(found, manifest->sha256[i]) != 0)
            return fhi_fail(error, FH_E_BUNDLE_HASH, "get the file again",
                            "%s is not what the manifest signs for", FHI_SIGNED_NAMES[i]);
    }
    return FH_OK;
}

static fh_status verify(fhi_manifest *manifest, const fhi_bytes members[MEMBERS],
                        const fh_options *options, fhi_error *error)
{
    fhi_json json;
    fh_status status = FH_OK;
    if (!fhi_json_read(&json, members[MANIFEST]) || json.values[0].kind != FHI_OBJECT)
        status = json.out_of_memory
                     ? fhi_fail(error, FH_NO_MEMORY, "", "memory ran out")
                     : fhi_fail(error, FH_E_BUNDLE_SCHEMA, "", "manifest.json is not plain JSON");
    if (status == FH_OK)
        status = check_signature(&json, members, options, error);
    if (status == FH_OK)
        status = fhi_manifest_read(manifest, &json, error);
    fhi_json_free(&json);
    return status ? status : check_hashes(manifest, members, error);
}

fh_status fhi_bundle_open(fhi_bundle *bundle, const char *path, const fh_options *options,
                          fhi_error *error)
{
    fhi_bytes members[MEMBERS], file;
    fh_status status = read_file(path, &bundle->file, &file.count, error);
    if (status != FH_OK)
        return status;
    file.data = bundle->file;
    status = unpack(file, members, error);
    if (status == FH_OK)
        status = verify(&bundle->manifest, members, options, error);
    if (status != FH_OK)
        return status;
    bundle->window_graph = members[FIRST_SIGNED];
    bundle->recording_graph = members[FIRST_SIGNED + 1];
    bundle->golden = members[FIRST_SIGNED + 2];
    fhi_sha256_hex(file.data, file.count, bundle->sha256);
    return FH_OK;
}

void fhi_bundle_forget_file(fhi_bundle *bundle)
{
    free(bundle->file);
    bundle->file = NULL;
}

void fhi_bundle_close(fhi_bundle *bundle)
{
    fhi_bundle_forget_file(bundle);
    fhi_manifest_free(&bundle->manifest);
}
