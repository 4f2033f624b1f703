// Lucene 8 (Debian's liblucene8-java) as a peer of `scripts/bench search`: StandardAnalyzer without stop words, one commit, 256 MB of buffer,
// merged as it goes; BM25 1.2, 0.75. Its tokens differ a little ("3.6cm" stays whole), so do its counts. Prefixes are not ranked; FuzzyQuery expands to 50.
//   SearchLucene index --corpus FILE --out FOLDER     SearchLucene query --index FOLDER --queries FILE [--warm N] [--timed N] [--count]
import java.io.*;
import java.lang.management.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;

public class SearchLucene {
  static final int BEST = 20;
  static final Map<String, String> words = new HashMap<>();

  static BufferedReader reader(String file) throws IOException {
    return Files.newBufferedReader(Paths.get(file), StandardCharsets.UTF_8);
  }

  static void index() throws IOException {
    IndexWriterConfig config = new IndexWriterConfig(new StandardAnalyzer(CharArraySet.EMPTY_SET));
    config.setRAMBufferSizeMB(256);
    config.setUseCompoundFile(false);
    FieldType text = new FieldType();
    text.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
    text.setTokenized(true);
    text.freeze();
    try (IndexWriter writer = new IndexWriter(new MMapDirectory(Paths.get(words.get("out"))), config); BufferedReader in = reader(words.get("corpus"))) {
      for (String line; (line = in.readLine()) != null; ) {
        String[] column = line.split("\t", -1);
        Document document = new Document();
        document.add(new Field("text", column[6], text));
        document.add(new StringField("mrn", column[1], Field.Store.NO));
        document.add(new StringField("type", column[4], Field.Store.NO));
        document.add(new IntPoint("date", Integer.parseInt(column[5])));
        writer.addDocument(document);
      }
      writer.forceMergeDeletes();
      writer.commit();
    }
  }

  static Query query(String[] question) {
    String kind = question[1];
    String[] terms = question[2].split(" ");
    if (kind.equals("prefix")) return new PrefixQuery(new Term("text", terms[0]));
    if (kind.equals("fuzzy")) return new FuzzyQuery(new Term("text", terms[0]), 1, 0, 50, false);
    if (kind.equals("phrase")) return new PhraseQuery("text", terms);
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (String term : terms) all.add(new TermQuery(new Term("text", term)), kind.equals("or3") ? BooleanClause.Occur.SHOULD : BooleanClause.Occur.MUST);
    if (!question[3].isEmpty()) all.add(new TermQuery(new Term("mrn", question[3])), BooleanClause.Occur.FILTER);
    if (!question[4].isEmpty()) all.add(new TermQuery(new Term("type", question[4])), BooleanClause.Occur.FILTER);
    if (!question[5].isEmpty()) all.add(IntPoint.newRangeQuery("date", Integer.parseInt(question[5]), Integer.parseInt(question[6])), BooleanClause.Occur.FILTER);
    return all.build();
  }

  static void ask() throws IOException {
    List<String[]> questions = new ArrayList<>();
    try (BufferedReader in = reader(words.get("queries"))) {
      for (String line; (line = in.readLine()) != null; ) questions.add(line.split("\t", -1));
    }
    int warm = Integer.parseInt(words.getOrDefault("warm", "6")), timed = Integer.parseInt(words.getOrDefault("timed", "3"));
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    try (IndexReader index = DirectoryReader.open(new MMapDirectory(Paths.get(words.get("index"))))) {
      IndexSearcher searcher = new IndexSearcher(index);
      searcher.setSimilarity(new BM25Similarity(1.2f, 0.75f));
      searcher.setQueryCache(null);
      int n = questions.size();
      double[] cpu = new double[n], wall = new double[n];
      TopDocs[] found = new TopDocs[n];
      Arrays.fill(cpu, 1e18);
      Arrays.fill(wall, 1e18);
      for (int pass = -warm; pass < timed; pass++) {
        for (int i = 0; i < n; i++) {
          long began = clock.getCurrentThreadCpuTime(), at = System.nanoTime();
          found[i] = searcher.search(query(questions.get(i)), BEST);
          if (pass < 0) continue;
          cpu[i] = Math.min(cpu[i], (clock.getCurrentThreadCpuTime() - began) / 1e3);
          wall[i] = Math.min(wall[i], (System.nanoTime() - at) / 1e3);
        }
      }
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < n; i++) {
        long count = words.containsKey("count") ? searcher.count(query(questions.get(i))) : -1;
        out.append(String.format(Locale.ROOT, "%s\t%d\t%.2f\t%.2f\t", questions.get(i)[0], count, cpu[i], wall[i]));
        for (int s = 0; s < found[i].scoreDocs.length; s++) out.append(s > 0 ? "," : "").append(found[i].scoreDocs[s].score);
        out.append('\n');
      }
      System.out.print(out);
    }
  }

  public static void main(String[] arguments) throws IOException {
    for (int i = 1; i < arguments.length; i++) {
      boolean flag = i + 1 == arguments.length || arguments[i + 1].startsWith("--");
      words.put(arguments[i].substring(2), flag ? "1" : arguments[++i]);
    }
    if (arguments[0].equals("index")) index();
    else ask();
  }
}
