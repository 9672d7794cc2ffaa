package dev.reprise.storage.azure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.function.BiConsumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// Reads documents that servers wrote: no document types, no entities of their own, nothing from elsewhere, no deep
/// nesting. Their length is limited by whoever received them.
final class Xml {
    private static final int DEEPEST = 16;

    private Xml() {}

    /// @param element told of each element at its end: its path, such as `/Error/Code`, and the text right in it
    /// @throws IOException unless the document is whole and nothing but XML
    static void read(byte[] document, BiConsumer<String, String> element) throws IOException {
        try {
            XMLStreamReader in = factory().createXMLStreamReader(new ByteArrayInputStream(document));
            var path = new StringBuilder();
            var text = new StringBuilder();
            for (int depth = 0; in.hasNext(); ) {
                switch (in.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        if (++depth > DEEPEST) {
                            throw new IOException("an answer of too many levels");
                        }
                        path.append('/').append(in.getLocalName());
                        text.setLength(0);
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(in.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        element.accept(path.toString(), text.toString());
                        path.setLength(path.lastIndexOf("/"));
                        text.setLength(0);
                        depth--;
                    }
                    case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new IOException("an answer with a document type");
                    default -> {}
                }
            }
        } catch (XMLStreamException e) {
            throw new IOException("an answer that is no XML", e);
        }
    }

    /// The JDK's own: no other is looked for.
    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        return factory;
    }
}
