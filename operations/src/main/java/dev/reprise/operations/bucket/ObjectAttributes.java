package dev.reprise.operations.bucket;

import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.Node.ExtendedAttribute;
import dev.reprise.storage.bucket.Bucket.Properties;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What an object has beside its bytes, as extended attributes of its node: `user.reprise.object.` and then `etag`,
/// `version`, `storage-class`, `upload-etag`, a header's name, `metadata` or `tags`. The last two are lists as forms
/// send them: `name=value&name=value`, percent-encoded. What is empty has no attribute.
///
/// @param etag         at the source, without quotes; empty if not told, as is `version`
/// @param storageClass empty for the usual one
/// @param uploadEtag   see [UploadEtag]
record ObjectAttributes(String etag, String version, String storageClass, String uploadEtag, Properties properties) {
    private static final String PREFIX = "user.reprise.object.";

    static ObjectAttributes of(Node node) {
        var values = new HashMap<String, String>();
        for (ExtendedAttribute attribute : node.extendedAttributes()) {
            if (attribute.name().startsWith(PREFIX)) {
                values.put(
                        attribute.name().substring(PREFIX.length()),
                        new String(attribute.value(), StandardCharsets.UTF_8));
            }
        }
        var headers = new HashMap<String, String>();
        for (String name : Properties.HEADERS) {
            if (values.containsKey(name)) {
                headers.put(name, values.get(name));
            }
        }
        return new ObjectAttributes(
                values.getOrDefault("etag", ""),
                values.getOrDefault("version", ""),
                values.getOrDefault("storage-class", ""),
                values.getOrDefault("upload-etag", ""),
                new Properties(
                        headers, map(values.getOrDefault("metadata", "")), map(values.getOrDefault("tags", ""))));
    }

    ObjectAttributes withTags(Map<String, String> tags) {
        return new ObjectAttributes(etag, version, storageClass, uploadEtag, properties.withTags(tags));
    }

    ObjectAttributes withStorageClass(String other) {
        return new ObjectAttributes(etag, version, other, uploadEtag, properties);
    }

    /// Sorted by name: equal objects have equal nodes.
    List<ExtendedAttribute> extended() {
        var values = new TreeMap<>(properties.headers());
        values.put("etag", etag);
        values.put("version", version);
        values.put("storage-class", storageClass);
        values.put("upload-etag", uploadEtag);
        values.put("metadata", form(properties.metadata()));
        values.put("tags", form(properties.tags()));
        List<ExtendedAttribute> attributes = new ArrayList<>();
        values.forEach((name, value) -> {
            if (!value.isEmpty()) {
                attributes.add(new ExtendedAttribute(PREFIX + name, value.getBytes(StandardCharsets.UTF_8)));
            }
        });
        return List.copyOf(attributes);
    }

    private static String form(Map<String, String> map) {
        return map.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static Map<String, String> map(String form) {
        var map = new HashMap<String, String>();
        for (String entry : form.isEmpty() ? new String[0] : form.split("&", -1)) {
            int equals = entry.indexOf('=');
            if (equals >= 0) {
                map.put(decode(entry.substring(0, equals)), decode(entry.substring(equals + 1)));
            }
        }
        return map;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /// What is no encoding stands for itself: a hostile attribute is at worst wrong.
    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
